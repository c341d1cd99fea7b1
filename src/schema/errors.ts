import type { VendorErrorDetail } from '../domain/errors.ts';
import type { MissingPart } from '../resolvers/connection.ts';
import { builder } from './builder.ts';
import { ErrorCodeEnum, VendorEnum } from './enums.ts';

export const VendorErrorDetailType = builder.objectRef<VendorErrorDetail>('VendorErrorDetail').implement({
  description: 'One error as the vendor worded it, free of secrets.',
  fields: (t) => ({
    title: t.exposeString('title', { description: 'Its heading, where the vendor gives one.' }),
    detail: t.exposeString('detail', { description: 'What it says.' }),
    code: t.exposeString('code', { description: "The vendor's own code." }),
    source: t.exposeString('source', {
      description: 'Where: a JSON pointer, a parameter, a header or a field path.',
    }),
  }),
});

export const SourceErrorType = builder.objectRef<MissingPart>('SourceError').implement({
  description: 'A part of an answer that is missing because of its vendor; the other parts are there.',
  fields: (t) => ({
    vendor: t.expose('vendor', { type: VendorEnum, nullable: false, description: 'Whose part is missing.' }),
    code: t.expose('code', {
      type: ErrorCodeEnum,
      nullable: false,
      description: 'What kind of failure it is.',
    }),
    message: t.exposeString('message', {
      nullable: false,
      description: 'What happened, and what to do next.',
    }),
    resource: t.exposeString('resource', {
      description:
        'What it is about, where that is less than all that was asked of the vendor (a project, a row).',
    }),
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      description: 'How long to wait before trying again, where the vendor tells. Seconds.',
    }),
    vendorRequestId: t.exposeString('vendorRequestId', {
      description: "The vendor's id of the request, for its support.",
    }),
    httpStatus: t.exposeInt('httpStatus', {
      description: 'The HTTP status of the answer, if there was one.',
    }),
    vendorErrors: t.field({
      type: [VendorErrorDetailType],
      nullable: false,
      description: "The errors in the vendor's own words.",
      resolve: (error) => error.vendorErrors,
    }),
  }),
});
