import type { Dataset } from '../domain/dataset.ts';
import type { Project } from '../domain/project.ts';
import type { Prompt } from '../domain/prompt.ts';
import { builder } from './builder.ts';

/** Types that others refer to before they are declared, since nouns point at one another. */
export const DatasetType = builder.objectRef<Dataset>('Dataset');
export const ProjectType = builder.objectRef<Project>('Project');
export const PromptType = builder.objectRef<Prompt>('Prompt');
