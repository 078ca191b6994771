import { describe, expect, test } from 'vitest';
import {
  confusionMatrix,
  confusionMatrixSvg,
  precisionRecallCurves,
  precisionRecallSvg,
  rocCurveSvg,
  rocCurves,
} from '../../../learning/metrics/index.js';
import { sample } from './sample.js';

const names = ['<negative> & "co"', 'positive'.repeat(20), 'neutral\u0000\ud800'];
const { labels, probabilities } = sample(200, 3, 11, 5);
const pictures = {
  'confusion matrix': confusionMatrixSvg(confusionMatrix(labels, probabilities, 3), names),
  'ROC curve': rocCurveSvg(rocCurves(labels, probabilities, names)),
  'precision-recall curve': precisionRecallSvg(precisionRecallCurves(labels, probabilities, names)),
};

describe.each(Object.entries(pictures))('%s', (_, svg) => {
  test('has a title, a description and its own paper', () => {
    expect(svg).toMatch(/role="img" aria-labelledby="title description"/);
    expect(svg).toMatch(
      /<title id="title">.+<\/title>\n<desc id="description">.+<\/desc>\n<rect [^>]*fill="#ffffff"/,
    );
  });

  test('class names are escaped', () => {
    expect(svg).toContain('&lt;negative&gt; &amp; &quot;co&quot;');
    expect(svg).not.toContain('<negative>');
    expect(svg).not.toContain('\u0000');
    expect(svg).not.toMatch(/\p{Surrogate}/u);
  });

  test('every tag is closed', () => {
    const opened: string[] = [];
    for (const [, close, name, self] of svg.matchAll(/<(\/?)([a-z]+)(?:"[^"]*"|[^">])*?(\/?)>/gi)) {
      if (close) expect(opened.pop()).toBe(name);
      else if (!self) opened.push(name!);
    }
    expect(opened).toEqual([]);
  });

  test('no number is NaN', () => {
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});

test('hundreds of classes still make a picture of bounded width', () => {
  const classes = 200;
  const matrix = Array.from({ length: classes }, (_, i) =>
    Array.from({ length: classes }, (_, j) => Number(i === j)),
  );
  const svg = confusionMatrixSvg(
    matrix,
    matrix.map((_, i) => `class ${i}`),
  );
  expect(Number(/width="(\d+)"/.exec(svg)?.[1])).toBeLessThan(3000);
});
