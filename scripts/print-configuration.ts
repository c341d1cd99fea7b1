import { readFileSync, writeFileSync } from 'node:fs';
import { type Setting, type SettingName, settings } from '../src/config/settings.ts';

// docs/configuration.md is made from the table of settings. With --check it is compared, not written.
const file = new URL('../docs/configuration.md', import.meta.url);

/** The sections of the page, each with the setting that it begins with: it goes on to where the next begins. */
const sections: readonly (readonly [title: string, first: SettingName])[] = [
  ['Serving', 'HOST'],
  ['Vendors', 'DD_SITE'],
  ['Callers', 'AUTH'],
  ['Limits', 'MAX_QUERY_BYTES'],
  ['Time and connections', 'OPERATION_TIMEOUT'],
];

const introduction = `# Configuration

Made by \`npm run generate\` from [src/config/settings.ts](../src/config/settings.ts). Do not edit.

Settings are environment variables. \`LOCKSTEP_CONFIG\` may name a JSON file with one object of the same names; a
variable in the environment goes before the file. An empty value counts as not set.

\`\`\`json
{ "PORT": 4000, "DD_SITE": "datadoghq.eu", "API_KEYS": [{ "name": "web", "sha256": "…", "scopes": ["read"] }] }
\`\`\`

A value that is not allowed, and a name in the file that is not one of these, stop the start with a message that says
what is allowed. All wrong values are named at once. The value of a secret is never repeated.

Any subset of the vendors may be configured. Without any, the [sandbox](sandbox.md) plays all three, unless \`SANDBOX\`
is \`off\`.

- \`DD_API_KEY\` and \`DD_APP_KEY\` belong together: both or neither.
- \`POSTHOG_PERSONAL_API_KEY\` and \`POSTHOG_PROJECT_ID\` belong together: both or neither.
- \`JWT_JWKS\`, \`JWT_ISSUER\` and \`JWT_AUDIENCE\` belong together: all three or none.
- Without \`API_KEYS\` or \`JWT_JWKS\`, \`HOST\` must be 127.0.0.1, ::1 or localhost, unless \`ALLOW_ANONYMOUS\` is \`true\`. See
  [callers](callers.md).
`;

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function rowOf([name, setting]: [string, Setting<unknown>]): string {
  const unit = setting.unit ?? '';
  const allowed = setting.allowed.replace(` (${unit})`, '');
  const meaning = setting.secret === true ? `${setting.description} Secret.` : setting.description;
  const byDefault = setting.default === undefined ? '–' : `\`${setting.default}\``;
  return `| ${[`\`${name}\``, meaning, allowed, byDefault, unit].map(cell).join(' | ')} |`;
}

function pageOf(entries: readonly [string, Setting<unknown>][]): string {
  const starts = sections.map(([title, first]) => ({
    title,
    at: entries.findIndex(([name]) => name === first),
  }));
  const parts = starts.map(({ title, at }, index) => {
    const rows = entries.slice(at, starts[index + 1]?.at).map(rowOf);
    const head = '| Variable | Meaning | Allowed | Default | Unit |\n| --- | --- | --- | --- | --- |';
    return `## ${title}\n\n${head}\n${rows.join('\n')}\n`;
  });
  return [introduction, ...parts].join('\n');
}

const page = pageOf(Object.entries(settings));
if (!process.argv.includes('--check')) writeFileSync(file, page);
else if (readFileSync(file, 'utf8') !== page) {
  console.error('docs/configuration.md is stale: run `npm run generate` and commit it.');
  process.exit(1);
}
