import { connect } from 'node:net';

/** Writes these bytes to a server and reads what comes until it closes the connection. */
export function sendRaw(origin: string, ...pieces: readonly (string | Uint8Array)[]): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (text) => {
      received += String(text);
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
    for (const piece of pieces) socket.write(piece);
  });
}

/** The status and JSON body of one answer as text. */
export function readRawAnswer(text: string): { readonly status: number; readonly body: unknown } {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  return { status, body: JSON.parse(rest.join('\r\n\r\n')) };
}
