import { describe, expect, test } from 'vitest';
import { textsOf } from '../../../serving/body.js';

const json = (value: unknown) =>
  textsOf(
    'application/json; charset=utf-8',
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  );

describe('two texts are found in', () => {
  test.each<[string, unknown]>([
    [
      'dataframe_split',
      {
        dataframe_split: {
          index: [3, 4],
          columns: ['id', 'text'],
          data: [
            [1, 'a'],
            [2, 'b'],
          ],
        },
      },
    ],
    [
      'dataframe_records',
      {
        dataframe_records: [
          { text: 'a', id: 1 },
          { id: 2, text: 'b' },
        ],
      },
    ],
    ['instances of objects', { instances: [{ text: 'a' }, { text: 'b' }] }],
    ['instances of columns', { instances: { text: ['a', 'b'], id: [1, 2] } }],
    ['instances of strings', { instances: ['a', 'b'] }],
    ['instances of arrays', { instances: [['a'], ['b']] }],
    ['inputs of columns', { inputs: { text: ['a', 'b'] } }],
    ['inputs of strings, with params', { inputs: ['a', 'b'], params: { any: 1 } }],
  ])('%s', (_, body) => {
    expect(json(body)).toEqual(['a', 'b']);
  });

  test('CSV with quotes and a byte order mark', () => {
    expect(textsOf('text/csv', Buffer.from('\ufeffid,text\r\n1,"a, ""x""\ny"\r\n2,b\r\n'))).toEqual([
      'a, "x"\ny',
      'b',
    ]);
  });

  test('a body of one text that stands alone, as one', () => {
    expect(json({ inputs: 'a' })).toEqual(['a']);
    expect(json({ inputs: { text: 'a' } })).toEqual(['a']);
  });
});

describe('bodies that are refused', () => {
  const refused: [body: unknown, message: RegExp][] = [
    ['', /not JSON/],
    ['{"instances": [', /not JSON/],
    [[], /is an array, not a JSON object/],
    ['null', /is null, not/],
    [{}, /exactly one of dataframe_split, dataframe_records, instances, inputs; it has none/],
    [{ inputs: [], instances: [] }, /it has instances, inputs/],
    [{ inputs: [], signature_name: 'x' }, /unknown key "signature_name"/],
    [{ dataframe_split: { columns: ['text'] } }, /dataframe_split must be/],
    [
      { dataframe_split: { columns: ['text', 'id'], data: [['a', 1], ['b']] } },
      /Row 1 of dataframe_split\.data/,
    ],
    [{ dataframe_split: { columns: ['a', 'b'], data: [] } }, /no column "text"; there are "a", "b"/],
    [{ dataframe_split: { columns: ['x'], data: [['a']] } }, /no column "text"; there are "x"/],
    [{ dataframe_split: { columns: ['text', 'text'], data: [['a', 'b']] } }, /two columns "text"/],
    [{ dataframe_split: { columns: ['text', 'id', 'id'], data: [] } }, /two columns "id"/],
    [
      `{"dataframe_split": {"columns": [${'['.repeat(100_000)}${']'.repeat(100_000)}], "data": []}}`,
      /columns must be names/,
    ],
    [{ dataframe_records: [{ id: '42' }] }, /no column "text"; there are "id"/],
    [{ dataframe_records: [{ text: 'a' }, {}] }, /no column "text"; there are none/],
    [{ instances: [{ id: '42' }] }, /no column "text"/],
    [{ instances: { id: ['42'] } }, /no column "text"/],
    [{ inputs: { id: ['42'] } }, /no column "text"/],
    [{ dataframe_records: { text: 'a' } }, /must be an array/],
    [{ dataframe_records: ['a'] }, /Row 0 of dataframe_records is a string/],
    [{ instances: ['a', 5] }, /Row 1 is a number; texts must be strings/],
    [{ instances: [null] }, /Row 0 is null/],
    [{ instances: [[['a']]] }, /Row 0 is an array/],
    [{ inputs: 5 }, /instances must be an array/],
    [{ inputs: { text: {} } }, /Row 0 is an object/],
    [{ instances: new Array(10_001).fill('a') }, /10001 rows are more than 10000/],
    [{ inputs: { constructor: 'a', b: 'c' } }, /no column "text"/],
  ];
  test.each(refused.map(([body, message]) => [message, body] as const))(
    'and told why: %s',
    (message, body) => {
      expect(() => json(body)).toThrow(message);
    },
  );

  test('of another type, in another encoding, or of broken CSV', () => {
    expect(() => textsOf(undefined, Buffer.from('x'))).toThrow(/Content-Type is missing/);
    expect(() => textsOf('text/plain', Buffer.from('x'))).toThrow(
      /"text\/plain"; send application\/json or text\/csv/,
    );
    expect(() => textsOf('constructor', Buffer.from('x'))).toThrow(/Content-Type/);
    expect(() => textsOf('application/json', Uint8Array.of(0xff))).toThrow(/not UTF-8/);
    expect(() => textsOf('text/csv', Buffer.from('text,id\na\n'))).toThrow(/not CSV/);
    expect(() => textsOf('text/csv', Buffer.from(''))).toThrow(/empty/);
    expect(() => textsOf('text/csv', Buffer.from('id\n42\n'))).toThrow(/no column "text"/);
    expect(() => textsOf('text/csv', Buffer.from('text,text\na,b\n'))).toThrow(/two columns "text"/);
  });

  test('in a charset other than UTF-8, which may be spelled in any way', () => {
    const body = Buffer.from('{"inputs": "a"}');
    for (const charset of ['utf-8', 'UTF-8', '"utf-8"', 'utf8']) {
      expect(textsOf(`application/json; charset=${charset}`, body)).toEqual(['a']);
    }
    expect(() => textsOf('application/json; charset=latin-1', body)).toThrow(
      expect.objectContaining({ status: 415, message: 'The charset is "latin-1"; send UTF-8.' }),
    );
  });
});
