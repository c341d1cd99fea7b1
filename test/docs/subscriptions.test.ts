import { parse, validate } from 'graphql';
import { CloseCode } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { changeGapReasons } from '../../src/domain/change.ts';
import { schema } from '../../src/schema/index.ts';
import { blocksOf, readPage, rowsOf } from './pages.ts';

const page = readPage('docs/subscriptions.md');

describe('docs/subscriptions.md', () => {
  it('shows operations that fit the schema, those in its commands too', () => {
    const shown = blocksOf(page, 'graphql');
    const sent = blocksOf(page, 'sh').flatMap((command) => /"query": "(.+?)", "v/.exec(command)?.[1] ?? []);
    expect([shown.length, sent.length]).toEqual([2, 1]);
    for (const document of [...shown, ...sent])
      expect(validate(schema, parse(document)), document).toEqual([]);
  });

  it('shows every subscription, and why events cannot be shown', () => {
    const fields = Object.keys(schema.getSubscriptionType()?.getFields() ?? {});
    expect(fields.filter((field) => !page.text.includes(`\`${field}\``))).toEqual([]);
    const named = rowsOf(page.text).map(([name]) => name);
    expect(changeGapReasons.filter((reason) => !named.includes(`\`${reason}\``))).toEqual([]);
  });

  it('says what to do for every code that a socket is closed with', () => {
    // Those that a client closes with, and the library's for faults: the gateway's own is 1011.
    const others = [CloseCode.InternalClientError, CloseCode.InternalServerError, CloseCode.BadResponse];
    const codes = Object.values(CloseCode).filter((code) => typeof code === 'number');
    const ofServers = codes.filter(
      (code) => !others.includes(code) && code !== CloseCode.ConnectionAcknowledgementTimeout,
    );
    const named = rowsOf(page.text).map(([code]) => code);
    expect(ofServers.filter((code) => !named.includes(`\`${code}\``))).toEqual([]);
  });
});
