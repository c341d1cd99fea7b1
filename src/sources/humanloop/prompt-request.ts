import type { InputIssue } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import type { PromptContent, PromptMessage } from '../../domain/prompt.ts';
import { refuseIssues } from './item-places.ts';
import { isList, isObject, type JsonObject } from './json-shape.ts';
import { checkMessage, promptSettingNames } from './schema.ts';

type Path = readonly string[];

/** What members of a message are called here, for the places of issues. */
const messageFields: Readonly<Record<string, string>> = {
  tool_call_id: 'toolCallId',
  tool_calls: 'toolCalls',
};

const settingNames: ReadonlySet<string> = new Set(promptSettingNames);

function toMessage(message: PromptMessage): JsonObject {
  const members: Readonly<Record<string, Json>> = {
    role: message.role,
    content: message.content,
    name: message.name,
    tool_call_id: message.toolCallId,
    tool_calls: message.toolCalls,
    thinking: message.thinking,
  };
  // Null and left out are the same to the vendor; reads leave out what is not there.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}

function withFieldNames([field, ...rest]: Path): Path {
  return field === undefined ? [] : [messageFields[field] ?? field, ...rest];
}

function readTemplate(content: PromptContent, issues: InputIssue[]): Json {
  switch (content.kind) {
    case 'TEXT':
      return content.text;
    case 'CHAT':
      return content.messages.map((message, index) => {
        const request = toMessage(message);
        for (const { path, ...issue } of checkMessage(request, [])) {
          issues.push({ ...issue, path: ['content', 'messages', String(index), ...withFieldNames(path)] });
        }
        return request;
      });
    case 'JSON': {
      const { value } = content;
      // The one content that reads give as JSON: that of a prompt without a template.
      const isNone = isObject(value) && Object.keys(value).length === 1 && value['template'] === null;
      if (!isNone) {
        const message =
          'Humanloop templates are text or chat messages; as JSON only {"template": null} is kept, for none';
        issues.push({ path: ['content', 'json'], message });
      }
      return null;
    }
  }
}

/** Reads give the tools themselves, requests take their ids. */
function readLinkedTools(tools: Json, issues: InputIssue[]): Json {
  const path = ['config', 'linked_tools'];
  if (!isList(tools)) {
    issues.push({ path, message: 'must be a list of tools or of their ids' });
    return null;
  }
  return tools.map((tool, index): Json => {
    const id = isObject(tool) ? tool['id'] : tool;
    if (typeof id === 'string' && id !== '') return id;
    issues.push({
      path: [...path, String(index)],
      message: 'must be the id of a tool, or a tool with its id',
    });
    return null;
  });
}

function readConfig(config: Json | undefined, issues: InputIssue[]): JsonObject {
  const settings: Record<string, Json> = {};
  if (config !== undefined && config !== null && !isObject(config)) {
    issues.push({ path: ['config'], message: 'must be an object of the model and its settings' });
    return settings;
  }
  for (const [name, value] of Object.entries(config ?? {})) {
    if (!settingNames.has(name)) {
      issues.push({ path: ['config', name], message: 'is no setting that a Humanloop prompt has' });
    } else if (value !== null) {
      const setting = name === 'linked_tools' ? readLinkedTools(value, issues) : value;
      // Reads give an empty list for a prompt that was made without any.
      if (!(name === 'linked_tools' && isList(setting) && setting.length === 0)) settings[name] = setting;
    }
  }
  const { model } = settings;
  if (typeof model !== 'string' || model.trim() === '') {
    issues.push({
      path: ['config', 'model'],
      message: 'is required: Humanloop keeps no prompt without a model',
    });
  }
  return settings;
}

/** Throws InvalidInputError for all that the vendor could not keep; labels among it, which it does not have. */
export function readPromptRequest(input: {
  readonly content: PromptContent;
  readonly config?: Json | undefined;
  readonly labels?: readonly string[] | undefined;
}): JsonObject {
  const issues: InputIssue[] = [];
  const template = readTemplate(input.content, issues);
  const settings = readConfig(input.config, issues);
  if (input.labels !== undefined && input.labels.length > 0) {
    issues.push({
      path: ['labels'],
      message: 'Humanloop has no labels: deploy the version to an environment',
    });
  }
  refuseIssues(issues);
  return template === null ? settings : { ...settings, template };
}

/** From a place in the vendor's request to the place in the caller's input. */
export function promptPlace(kind: PromptContent['kind'], [root, member, ...rest]: Path): Path | undefined {
  if (root !== 'body' || member === undefined) return undefined;
  if (settingNames.has(member)) return ['config', member, ...rest];
  if (member === 'description' || member === 'version_description') return ['description'];
  if (member === 'path') return ['name'];
  if (member !== 'template') return undefined;
  const [index, ...field] = rest;
  if (kind !== 'CHAT' || index === undefined) return ['content', kind === 'TEXT' ? 'text' : 'messages'];
  return ['content', 'messages', index, ...withFieldNames(field)];
}
