import {
  InvalidInputError,
  NotFoundError,
  SourceError,
  type VendorErrorDetail,
} from '../../domain/errors.ts';

type Path = readonly string[];

/** How the refusals of one write are to be understood. */
export interface Refusals {
  /** What is missing when the vendor answers 404, in words for the caller. Without it a 404 goes on as it is. */
  readonly notFound?: string | undefined;
  /** Where in the caller's input a place in the vendor's request is (`body`, `datapoints`, `3`). */
  readonly placeOf?: ((place: Path) => Path | undefined) | undefined;
  /** What a 409 means; when it gives nothing, the 409 goes on as it is. */
  readonly conflict?: ((error: SourceError) => Promise<Error | undefined>) | undefined;
}

function wordsOf({ title, detail }: VendorErrorDetail): string {
  return detail ?? title ?? 'is not accepted';
}

function invalid(error: SourceError, placeOf: Refusals['placeOf']): InvalidInputError {
  const issues = error.vendorErrors.flatMap((detail) => {
    // The protocol joins FastAPI's `loc` with dots.
    const path = detail.source === undefined ? undefined : placeOf?.(detail.source.split('.'));
    return path === undefined ? [] : [{ path, message: wordsOf(detail) }];
  });
  const words = error.vendorErrors.slice(0, 3).map(wordsOf).join('; ');
  return new InvalidInputError(
    `Humanloop refused this, and nothing was written${words === '' ? '.' : `: ${words}`}`,
    issues,
  );
}

/** Sends a write; what the vendor refuses comes out as the error that the port names for it. */
export async function refusable<T>(writing: Promise<T>, refusals: Refusals): Promise<T> {
  try {
    return await writing;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (error.code === 'NOT_FOUND' && refusals.notFound !== undefined) {
      throw new NotFoundError(refusals.notFound);
    }
    if (error.httpStatus === 409) throw (await refusals.conflict?.(error)) ?? error;
    const isValidation = error.httpStatus === 400 || error.httpStatus === 422;
    if (error.code === 'INVALID_INPUT' && isValidation) throw invalid(error, refusals.placeOf);
    throw error;
  }
}

/** For a look after the fact: what it finds, or undefined when it cannot be made. */
export async function undefinedIfUnread<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof SourceError) return undefined;
    throw error;
  }
}

export const noSuchDataset = 'Humanloop has no such dataset, or the credentials in use may not see it.';
export const noSuchPrompt = 'Humanloop has no such prompt, or the credentials in use may not see it.';
