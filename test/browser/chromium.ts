import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

/** A Chromium that is ready to open pages. */
export interface TestBrowser {
  readonly browser: Browser;
  /** Closes it and removes everything that it was unpacked to. */
  dispose(): Promise<void>;
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Whatever it wants of another host, it does not find one.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

const printPath =
  "const { default: chromium } = await import('@sparticuz/chromium'); process.stdout.write(await chromium.executablePath());";

/**
 * Unpacks the Chromium of the npm package into a directory of our own, in a process of its own: the package
 * unpacks to the system's temporary directory, where two runs at once would meet half a file.
 */
async function unpack(directory: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', printPath], {
    cwd: import.meta.dirname,
    // The name of that runtime makes the package unpack the libraries that a bare machine lacks (NSS, expat).
    env: { ...process.env, TMPDIR: directory, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
  });
  const fonts = `<?xml version="1.0"?><fontconfig><dir>${directory}/fonts</dir><cachedir>${directory}/font-cache</cachedir></fontconfig>`;
  await writeFile(join(directory, 'fonts.conf'), fonts);
  return stdout;
}

/** The browser to drive: the one in `CHROMIUM_PATH`, else the package's own, which is for Linux on x64. */
async function executableIn(directory: string): Promise<string> {
  const own = process.env['CHROMIUM_PATH'];
  if (own !== undefined && own !== '') return own;
  if (process.platform === 'linux' && process.arch === 'x64') return unpack(directory);
  throw new Error(
    `The Chromium that npm installs is for Linux on x64, and this is ${process.platform} on ${process.arch}: set CHROMIUM_PATH to the executable of an installed Chrome or Chromium.`,
  );
}

/** Starts a Chromium with a fresh profile that reaches this machine and nothing else. */
export async function startChromium(): Promise<TestBrowser> {
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-chromium-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const browser = await chromium.launch({
      executablePath: await executableIn(directory),
      args: flags,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: directory,
        TMPDIR: directory,
        LD_LIBRARY_PATH: join(directory, 'al2023', 'lib'),
        FONTCONFIG_FILE: join(directory, 'fonts.conf'),
      },
    });
    return {
      browser,
      dispose: async () => {
        await browser.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
