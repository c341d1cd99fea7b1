import { Clock } from './clock.ts';
import { changeItem, type ItemContent } from './item-store.ts';
import { archive, createFamily, latestOf, publish } from './prompt-store.ts';
import type {
  DatasetItem,
  PostHogProject,
  PostHogUser,
  PromptFamily,
  PromptVersion,
  TraceReview,
} from './records.ts';
import { changeReview, deleteReview, type ReviewChange } from './review-store.ts';
import { seededUntil, seedProjects } from './seed/seed-projects.ts';
import { defaultSwitches, type PostHogSwitches } from './switches.ts';

function byId<Row extends { readonly id: string }>(rows: readonly Row[], id: string): Row {
  const row = rows.find((one) => one.id === id);
  if (row === undefined) throw new Error(`The sandbox has no row ${id}.`);
  return row;
}

/**
 * Everything that one sandbox holds. The methods act behind the gateway's back, as a colleague in the vendor's pages
 * would: no request is logged for them. `by` is a user's id; when left
 * out, it is the member who has no key.
 */
export class PostHogState {
  readonly #initial: Partial<PostHogSwitches>;
  readonly switches: PostHogSwitches;
  projects: ReadonlyMap<number, PostHogProject>;
  clock: Clock;

  constructor(initial: Partial<PostHogSwitches>) {
    this.#initial = initial;
    this.switches = { ...defaultSwitches, ...initial };
    this.projects = seedProjects();
    this.clock = new Clock(seededUntil);
  }

  /** Back to the seed and to the switches of the start. */
  reset(): void {
    Object.assign(this.switches, defaultSwitches, this.#initial);
    this.projects = seedProjects();
    this.clock = new Clock(seededUntil);
  }

  project(id: number): PostHogProject {
    const project = this.projects.get(id);
    if (project === undefined) throw new Error(`The sandbox has no project ${id}.`);
    return project;
  }

  prompt(projectId: number, name: string): PromptFamily {
    const family = this.project(projectId).prompts.get(name);
    if (family === undefined) throw new Error(`Project ${projectId} has no active prompt ${name}.`);
    return family;
  }

  review(projectId: number, id: string): TraceReview {
    return byId(this.project(projectId).reviews, id);
  }

  item(projectId: number, id: string): DatasetItem {
    return byId(this.project(projectId).items, id);
  }

  createPrompt(projectId: number, name: string, prompt: unknown, by?: number): PromptVersion {
    const project = this.project(projectId);
    if (project.prompts.has(name)) throw new Error(`Project ${projectId} has an active prompt ${name}.`);
    const content = { prompt, config: null, description: null };
    return latestOf(createFamily(this, project, this.#member(projectId, by), name, content));
  }

  publishPrompt(projectId: number, name: string, prompt: unknown, by?: number): PromptVersion {
    const family = this.prompt(projectId, name);
    const content = { prompt, config: latestOf(family).config, description: null };
    return publish(this, family, this.#member(projectId, by), content);
  }

  archivePrompt(projectId: number, name: string): void {
    archive(this.project(projectId), this.prompt(projectId, name));
  }

  editReview(projectId: number, id: string, change: ReviewChange, by?: number): void {
    changeReview(this, this.review(projectId, id), this.#member(projectId, by), change);
  }

  deleteReview(projectId: number, id: string): void {
    deleteReview(this, this.review(projectId, id));
  }

  editItem(projectId: number, id: string, change: Partial<ItemContent>, by?: number): void {
    changeItem(this, this.item(projectId, id), this.#member(projectId, by), change);
  }

  /** Soft, as everything here. */
  deleteItem(projectId: number, id: string): void {
    this.editItem(projectId, id, { deleted: true });
  }

  #member(projectId: number, id: number | undefined): PostHogUser {
    const { members } = this.project(projectId);
    const user = id === undefined ? members.at(-1) : members.find((member) => member.id === id);
    if (user === undefined) throw new Error(`Project ${projectId} has no member ${id}.`);
    return user;
  }
}
