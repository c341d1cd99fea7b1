import type { VendorHttp } from '../../http/operation.ts';
import { pathOf } from '../../http/path.ts';
import { type PathPrefix, type Roots, rootsOf } from './roots.ts';
import {
  type DatasetItem,
  parseDatasetItem,
  parseNothing,
  parseSetLabel,
  parseTranslation,
  parseWritten,
  parseWrittenDataset,
  parseWrittenPrompt,
  type SetLabel,
  type Translation,
  type Written,
  type WrittenDataset,
  type WrittenPrompt,
} from './schema.ts';
import { type Write, writeRules } from './write-rules.ts';

/** Members in PostHog's names; undefined ones are not sent. */
export type Body = Readonly<Record<string, unknown>>;

/** PostHog's write operations, one method each, each sent once. */
export class PostHogWriteClient {
  readonly #http: VendorHttp;
  readonly #roots: Roots;

  constructor(http: VendorHttp, prefix: PathPrefix | undefined) {
    this.#http = http;
    this.#roots = rootsOf(http, prefix);
  }

  createDataset(body: Body): Promise<WrittenDataset> {
    return this.#send(
      writeRules.createDataset,
      `${this.#roots.datasets}/datasets/`,
      body,
      parseWrittenDataset,
    );
  }

  updateDataset(id: string, body: Body): Promise<Written> {
    return this.#send(writeRules.updateDataset, this.#dataset(id), body, parseWritten);
  }

  deleteDataset(id: string): Promise<Written> {
    return this.#send(writeRules.deleteDataset, this.#dataset(id), { deleted: true }, parseWritten);
  }

  /** Later servers. */
  archiveDataset(id: string): Promise<Written> {
    return this.#send(writeRules.archiveDataset, `${this.#dataset(id)}archive/`, undefined, parseWritten);
  }

  createItem(body: Body): Promise<Written> {
    return this.#send(writeRules.createItem, `${this.#roots.datasets}/dataset_items/`, body, parseWritten);
  }

  updateItem(id: string, body: Body): Promise<Written> {
    return this.#send(writeRules.updateItem, this.#item(id), body, parseWritten);
  }

  /** Reads an item that may be deleted, which GET does not: an update reaches it, and this one changes nothing. */
  touchItem(id: string): Promise<DatasetItem> {
    return this.#send(writeRules.updateItem, this.#item(id), {}, parseDatasetItem);
  }

  removeItem(id: string): Promise<Written> {
    return this.#send(writeRules.removeItem, this.#item(id), { deleted: true }, parseWritten);
  }

  /** Later servers. */
  archiveItem(id: string, body: Body): Promise<Written> {
    return this.#send(writeRules.archiveItem, `${this.#item(id)}archive/`, body, parseWritten);
  }

  /** Later servers. */
  restoreItem(id: string, body: Body): Promise<Written> {
    return this.#send(writeRules.restoreItem, `${this.#item(id)}restore/`, body, parseWritten);
  }

  createPrompt(body: Body): Promise<WrittenPrompt> {
    return this.#send(writeRules.createPrompt, `${this.#roots.prompts}/`, body, parseWrittenPrompt);
  }

  publishPrompt(name: string, body: Body): Promise<WrittenPrompt> {
    return this.#send(writeRules.publishPrompt, this.#prompt(name), body, parseWrittenPrompt);
  }

  /** 204 by the server's source, 200 with a body by its documentation: either will do. */
  archivePrompt(name: string): Promise<void> {
    return this.#send(writeRules.archivePrompt, `${this.#prompt(name)}archive/`, undefined, parseNothing);
  }

  duplicatePrompt(name: string, newName: string): Promise<WrittenPrompt> {
    const body = { new_name: newName };
    return this.#send(
      writeRules.duplicatePrompt,
      `${this.#prompt(name)}duplicate/`,
      body,
      parseWrittenPrompt,
    );
  }

  /** Later servers: makes the label, or moves it. */
  setLabel(name: string, label: string, version: number): Promise<SetLabel> {
    const path = `${this.#prompt(name)}${pathOf`labels/${label}/`}`;
    return this.#send(writeRules.setLabel, path, { version }, parseSetLabel);
  }

  createReview(body: Body): Promise<Written> {
    return this.#send(writeRules.createReview, `${this.#roots.reviews}/trace_reviews/`, body, parseWritten);
  }

  updateReview(id: string, body: Body): Promise<Written> {
    return this.#send(writeRules.updateReview, this.#review(id), body, parseWritten);
  }

  deleteReview(id: string): Promise<void> {
    return this.#send(writeRules.deleteReview, this.#review(id), undefined, parseNothing);
  }

  translate(body: Body): Promise<Translation> {
    return this.#send(writeRules.translate, `${this.#roots.reviews}/translate/`, body, parseTranslation);
  }

  #dataset(id: string): string {
    return `${this.#roots.datasets}${pathOf`/datasets/${id}/`}`;
  }

  #item(id: string): string {
    return `${this.#roots.datasets}${pathOf`/dataset_items/${id}/`}`;
  }

  #prompt(name: string): string {
    return `${this.#roots.prompts}${pathOf`/name/${name}/`}`;
  }

  #review(id: string): string {
    return `${this.#roots.reviews}${pathOf`/trace_reviews/${id}/`}`;
  }

  #send<T>(write: Write, path: string, json: Body | undefined, parse: (json: unknown) => T): Promise<T> {
    const { endpoint, method } = write;
    return this.#http.write({ endpoint, method, path, json, rule: write }, parse);
  }
}
