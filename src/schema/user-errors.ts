import type { InterfaceRef } from '@pothos/core';
import {
  type InputIssue,
  InvalidInputError,
  type LockstepError,
  NotFoundError,
  SourceError,
  UnsupportedError,
} from '../domain/errors.ts';
import {
  AlreadyExistsError,
  DraftLockedError,
  type ItemFailure,
  PartialWriteError,
  VersionConflictError,
} from '../domain/write-errors.ts';
import { costOfExisting } from '../resolvers/costs/things.ts';
import { loadNode } from '../resolvers/nodes.ts';
import { builder, type SchemaTypes } from './builder.ts';
import { costs } from './cost.ts';
import { DraftLockType } from './dataset.ts';
import { ErrorCodeEnum, VendorEnum } from './enums.ts';
import { VendorErrorDetailType } from './errors.ts';
import { NodeInterface } from './interfaces.ts';

/**
 * An error that is a result. graphql-js takes a value that is an Error for a failure of its field, so the error is
 * held, not given.
 */
export class ShownError<ErrorType extends LockstepError> {
  readonly error: ErrorType;

  constructor(error: ErrorType) {
    this.error = error;
  }
}

const UserErrorInterface: InterfaceRef<SchemaTypes, ShownError<LockstepError>> = builder
  .interfaceRef<ShownError<LockstepError>>('UserError')
  .implement({
    description: 'Why a mutation did not do what was asked, as data.',
    resolveType: ({ error }) => errorTypeName(error),
    fields: (t) => ({
      code: t.field({
        type: ErrorCodeEnum,
        nullable: false,
        description: 'What kind of error it is.',
        resolve: ({ error }) => error.code,
      }),
      message: t.string({
        nullable: false,
        description: 'What happened, and what to do next.',
        resolve: ({ error }) => error.message,
      }),
    }),
  });

const InputIssueType = builder.objectRef<InputIssue>('InputIssue').implement({
  description: 'One thing that is wrong with an input.',
  fields: (t) => ({
    path: t.exposeStringList('path', { nullable: false, description: 'Where, from the argument down.' }),
    message: t.exposeString('message', { nullable: false, description: 'What is wrong.' }),
    code: t.exposeString('code', { description: 'A short code, where there is one.' }),
  }),
});

export const ItemFailureType = builder.objectRef<ItemFailure>('ItemFailure').implement({
  description: 'One item of a write that was not written.',
  fields: (t) => ({
    path: t.exposeStringList('path', {
      nullable: false,
      description: 'Where in the input: `["add", "3"]`; a line of a file: `["file", "line", "12"]`.',
    }),
    code: t.expose('code', {
      type: ErrorCodeEnum,
      nullable: false,
      description: 'What kind of failure it is.',
    }),
    message: t.exposeString('message', { nullable: false, description: 'What happened.' }),
  }),
});

const interfaces = [UserErrorInterface];

const InvalidInputErrorType = builder
  .objectRef<ShownError<InvalidInputError | SourceError>>('InvalidInputError')
  .implement({
    description: 'The input cannot be used as it stands. Nothing was written.',
    interfaces,
    fields: (t) => ({
      issues: t.field({
        type: [InputIssueType],
        nullable: false,
        description: 'What is wrong, and where.',
        resolve: ({ error }) => (error instanceof InvalidInputError ? error.issues : []),
      }),
      vendorErrors: t.field({
        type: [VendorErrorDetailType],
        nullable: false,
        description: 'What the vendor said of it, if it was the vendor that refused it.',
        resolve: ({ error }) => (error instanceof SourceError ? error.vendorErrors : []),
      }),
    }),
  });

const NotFoundErrorType = builder.objectRef<ShownError<LockstepError>>('NotFoundError').implement({
  description: 'There is no such thing, or the credentials may not see it. Nothing was written.',
  interfaces,
});

const UnsupportedErrorType = builder.objectRef<ShownError<UnsupportedError>>('UnsupportedError').implement({
  description: 'The vendor has no such operation. The message says which vendors do.',
  interfaces,
  fields: (t) => ({
    vendor: t.field({
      type: VendorEnum,
      nullable: false,
      description: 'Which vendor.',
      resolve: ({ error }) => error.vendor,
    }),
  }),
});

const DraftLockedErrorType = builder.objectRef<ShownError<DraftLockedError>>('DraftLockedError').implement({
  description: 'Somebody else holds the draft. Nothing was written.',
  interfaces,
  fields: (t) => ({
    lock: t.field({
      type: DraftLockType,
      description: 'Who holds it, where the vendor tells.',
      resolve: ({ error }) => error.lock,
    }),
  }),
});

const VersionConflictErrorType = builder
  .objectRef<ShownError<VersionConflictError>>('VersionConflictError')
  .implement({
    description: 'The resource moved on since you read it. Nothing was written.',
    interfaces,
    fields: (t) => ({
      expectedRef: t.string({ description: 'What you expected.', resolve: ({ error }) => error.expectedRef }),
      currentRef: t.string({ description: 'What it is now.', resolve: ({ error }) => error.currentRef }),
    }),
  });

const AlreadyExistsErrorType = builder
  .objectRef<ShownError<AlreadyExistsError>>('AlreadyExistsError')
  .implement({
    description: 'A name, or the one review of a trace, is taken. Nothing was written.',
    interfaces,
    fields: (t) => ({
      existing: t.field({
        extensions: costs(costOfExisting),
        type: NodeInterface,
        description: 'What is there already, where it is known.',
        resolve: ({ error }, _args, context) =>
          error.existing === null ? null : loadNode(context, error.existing, ['existing']),
      }),
    }),
  });

const SourceFailureType = builder.objectRef<ShownError<SourceError>>('SourceFailure').implement({
  description: 'The vendor refused it, or it was never sent. Nothing was written.',
  interfaces,
  fields: (t) => ({
    vendor: t.field({
      type: VendorEnum,
      nullable: false,
      description: 'Which vendor.',
      resolve: ({ error }) => error.vendor,
    }),
    retryAfterSeconds: t.int({
      description: 'How long to wait, where it tells. Seconds.',
      resolve: ({ error }) => error.retryAfterSeconds,
    }),
    vendorRequestId: t.string({
      description: "The vendor's id of the request.",
      resolve: ({ error }) => error.vendorRequestId,
    }),
    httpStatus: t.int({
      description: 'The HTTP status of its answer, if there was one.',
      resolve: ({ error }) => error.httpStatus,
    }),
    vendorErrors: t.field({
      type: [VendorErrorDetailType],
      nullable: false,
      description: "The errors in the vendor's own words.",
      resolve: ({ error }) => error.vendorErrors,
    }),
  }),
});

const OutcomeUnknownErrorType = builder.objectRef<ShownError<SourceError>>('OutcomeUnknownError').implement({
  description:
    'The write was sent and its answer never came: it may or may not have happened. Read before you retry.',
  interfaces,
  fields: (t) => ({
    vendor: t.field({
      type: VendorEnum,
      nullable: false,
      description: 'Which vendor.',
      resolve: ({ error }) => error.vendor,
    }),
  }),
});

const PartialWriteErrorType = builder
  .objectRef<ShownError<PartialWriteError>>('PartialWriteError')
  .implement({
    description:
      'A write of several steps stopped in the middle: what is done, what is not, what is not known.',
    interfaces,
    fields: (t) => ({
      datasetId: t.id({
        description: 'The dataset that was written to, or made.',
        resolve: ({ error }) => error.partial.dataset?.id ?? null,
      }),
      completedSteps: t.stringList({
        nullable: false,
        description: 'What is done, in words, in order.',
        resolve: ({ error }) => [...error.partial.completedSteps],
      }),
      addedCount: t.int({
        nullable: false,
        description: 'Items that were added.',
        resolve: ({ error }) => error.partial.addedCount,
      }),
      updatedCount: t.int({
        nullable: false,
        description: 'Items that were updated.',
        resolve: ({ error }) => error.partial.updatedCount,
      }),
      removedCount: t.int({
        nullable: false,
        description: 'Items that were removed.',
        resolve: ({ error }) => error.partial.removedCount,
      }),
      unknownCount: t.int({
        nullable: false,
        description: 'Items whose write was sent and not answered: they may or may not be written.',
        resolve: ({ error }) => error.partial.unknownCount,
      }),
      failures: t.field({
        type: [ItemFailureType],
        nullable: false,
        description: 'What was not written, and why.',
        resolve: ({ error }) => error.partial.failures,
      }),
    }),
  });

/** The error types by name: what a result union can have beside its success. */
export const errorTypes = {
  InvalidInputError: InvalidInputErrorType,
  NotFoundError: NotFoundErrorType,
  UnsupportedError: UnsupportedErrorType,
  DraftLockedError: DraftLockedErrorType,
  VersionConflictError: VersionConflictErrorType,
  AlreadyExistsError: AlreadyExistsErrorType,
  SourceFailure: SourceFailureType,
  OutcomeUnknownError: OutcomeUnknownErrorType,
  PartialWriteError: PartialWriteErrorType,
} as const;
export type ErrorTypeName = keyof typeof errorTypes;

function sourceErrorTypeName(error: SourceError): ErrorTypeName {
  switch (error.code) {
    case 'OUTCOME_UNKNOWN':
      return 'OutcomeUnknownError';
    case 'NOT_FOUND':
      return 'NotFoundError';
    case 'INVALID_INPUT':
      return 'InvalidInputError';
    default:
      return 'SourceFailure';
  }
}

/** The type that an error is shown as, undefined for one that is not shown as data. */
export function errorTypeName(error: unknown): ErrorTypeName | undefined {
  if (error instanceof SourceError) return sourceErrorTypeName(error);
  if (error instanceof InvalidInputError) return 'InvalidInputError';
  if (error instanceof NotFoundError) return 'NotFoundError';
  if (error instanceof UnsupportedError) return 'UnsupportedError';
  if (error instanceof DraftLockedError) return 'DraftLockedError';
  if (error instanceof VersionConflictError) return 'VersionConflictError';
  if (error instanceof AlreadyExistsError) return 'AlreadyExistsError';
  return error instanceof PartialWriteError ? 'PartialWriteError' : undefined;
}
