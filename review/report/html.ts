/** The file around the data: script and style sheet are in it, and its Content-Security-Policy allows nothing else. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ReportData } from '../page/api.js';

const built = (name: string): string => readFileSync(new URL(`./client/${name}`, import.meta.url), 'utf8');

/** Where a browser would take text for the end of the element that it stands in. */
const inElement = (text: string, element: 'script' | 'style'): string =>
  text.replaceAll(new RegExp(`</(${element})`, 'gi'), '<\\/$1').replaceAll('<!--', '<\\!--');

const sha256 = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (found) => ESCAPES[found]!);

/**
 * @param head - Its title, and what it says where no script runs.
 * @throws Error when the client has not been built
 */
export function reportHtml(
  data: ReportData,
  { title, sentences }: { readonly title: string; readonly sentences: readonly string[] },
): string {
  const script = inElement(built('report.js'), 'script');
  const style = inElement(built('report.css'), 'style');
  const policy = `default-src 'none'; script-src ${sha256(script)}; style-src ${sha256(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} · gridsearch</title>
<style>${style}</style>
</head>
<body>
<div id="page"></div>
<noscript>${sentences.map((sentence) => `<p>${escaped(sentence)}</p>`).join('')}</noscript>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script>${script}</script>
</body>
</html>
`;
}
