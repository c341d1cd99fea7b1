import { pythonText, ValidationFailure } from './api-error.ts';

/**
 * A list with a failing element: only the first element is shown, printed as Python prints it, and it is `{}` when
 * a later one failed (vendor facts).
 */
function listFailure(
  attr: string,
  index: number,
  failure: ValidationFailure,
  wrapped: boolean,
): ValidationFailure {
  if (index > 0) return new ValidationFailure(attr, '{}', '{}');
  const key = pythonText(failure.attr ?? 'non_field_errors');
  const code = pythonText(failure.code);
  const detail = `ErrorDetail(string=${pythonText(failure.detail)}, code=${code})`;
  return wrapped
    ? new ValidationFailure(attr, `{${key}: [${code}]}`, `{${key}: [${detail}]}`)
    : new ValidationFailure(attr, `{${key}: ${code}}`, `{${key}: ${detail}}`);
}

/**
 * Reads each element of a list member. `found` says whose check it is: the framework prints a list of messages,
 * the vendor's own checks a single one.
 */
export function readElements<From, To>(
  attr: string,
  values: readonly From[],
  found: 'by framework' | 'by vendor',
  read: (value: From) => To,
): To[] {
  return values.map((value, index) => {
    try {
      return read(value);
    } catch (failure) {
      if (!(failure instanceof ValidationFailure)) throw failure;
      throw listFailure(attr, index, failure, found === 'by framework');
    }
  });
}
