import { z } from 'zod';
import { ChatMessage } from './chat-message.ts';
import { CsvError, parseCsv } from './csv.ts';
import { DatapointRequest } from './datapoint.ts';

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function targetOf(cell: string): DatapointRequest['target'] {
  if (cell === '') return null;
  const asMap = DatapointRequest.shape.target.safeParse(jsonOrUndefined(cell));
  return asMap.success && asMap.data ? asMap.data : { output: cell };
}

function messagesOf(cell: string, rowNumber: number): DatapointRequest['messages'] {
  if (cell === '') return null;
  const parsed = z.array(ChatMessage).safeParse(jsonOrUndefined(cell));
  if (!parsed.success) throw new CsvError(`row ${rowNumber}: messages is not a JSON list of chat messages`);
  return parsed.data;
}

/**
 * Datapoints of a CSV file with a header: `target` and `messages` are special, each other column is an input
 * (vendor documentation). Assumptions: headers match exactly; a target that is a JSON object is the map, any
 * other text becomes its `output`; short rows are filled with empty text; long rows, a header named twice and
 * a file without a header are refused.
 */
export function datapointsOfCsv(text: string): DatapointRequest[] {
  const [header, ...rows] = parseCsv(text);
  if (header === undefined) throw new CsvError('the file has no header');
  if (new Set(header).size !== header.length) throw new CsvError('a column is named twice');
  return rows.map((row, index) => {
    const rowNumber = index + 2;
    if (row.length > header.length) throw new CsvError(`row ${rowNumber} has more cells than the header`);
    const cells = new Map(header.map((column, position) => [column, row[position] ?? '']));
    const target = targetOf(cells.get('target') ?? '');
    const messages = messagesOf(cells.get('messages') ?? '', rowNumber);
    cells.delete('target');
    cells.delete('messages');
    return { inputs: Object.fromEntries(cells), messages, target };
  });
}
