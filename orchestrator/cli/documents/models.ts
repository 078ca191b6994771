/** Documents about registered models: `models list`, `compare`, `promote`, `rollback`, and `predict`. */
import { z } from 'zod';
import { parameterValue } from '../../app/index.js';
import { time } from './parts.js';

const version = z.strictObject({
  name: z.string(),
  version: z.string(),
  aliases: z.array(z.string()),
  status: z.string().describe("MLflow's, such as READY."),
  created: time,
  refitRunId: z.string().nullable(),
  source: z.string(),
  searchId: z.string().nullable(),
  childRunId: z.string().nullable(),
  parentRunId: z.string().nullable(),
  objective: z.string().nullable(),
  testScore: z.number().nullable(),
  verdict: z.string().nullable().describe('Why it became champion or challenger.'),
  datasetDigest: z.string().nullable(),
  tags: z.record(z.string(), z.string()).describe('As MLflow keeps them: all text.'),
});

export const modelsDocument = z.array(version);

export const compareDocument = z.strictObject({
  versions: z.array(version).length(2),
  sameTestRows: z.boolean().describe('Whether both were measured on the same rows; else scores say nothing.'),
  differences: z.array(
    z.strictObject({
      field: z.string(),
      values: z.array(parameterValue.nullable()).length(2).describe('Of the two versions, in their order.'),
    }),
  ),
  testRows: z
    .strictObject({
      rows: z.int().describe('Test rows that both have.'),
      agree: z.int().describe('Rows of which both say the same, right or wrong.'),
      bothRight: z.int(),
      onlyFirst: z.int().describe('Rows on which only the first is right.'),
      onlySecond: z.int(),
      p: z.number().describe('Of McNemar’s exact test.'),
      differing: z.array(
        z.strictObject({
          row: z.int().describe('Place in the dataset.'),
          text: z.string().nullable(),
          label: z.string(),
          said: z.array(z.string()).length(2).describe('By the two versions, in their order.'),
          probabilities: z
            .array(z.number().nullable())
            .length(2)
            .describe('Of what each said; null for one that is no number.'),
          right: z.array(z.boolean()).length(2).describe('Whether each said the label.'),
        }),
      ),
    })
    .nullable()
    .describe('Row by row; null where that was not recorded, or is of other rows.'),
  testRowsMissing: z.string().nullable().describe('Why testRows is null.'),
});

export const championDocument = z.strictObject({
  name: z.string(),
  champion: z.string().describe('The version that has the alias now.'),
  previous: z.string().nullable().describe('The version that had it.'),
});

const prediction = {
  label: z.string().describe('The most probable class.'),
  probabilities: z.record(z.string(), z.number()).describe('Of each class.'),
  known: z.boolean().describe('Whether the model knows any word of the text; else its label says nothing.'),
};

export const predictDocument = z.strictObject({
  model: z.string(),
  version: z.string(),
  predictions: z.array(z.strictObject({ text: z.string(), ...prediction })),
});

export const predictSeveralDocument = z.strictObject({
  models: z.array(z.strictObject({ model: z.string(), version: z.string(), classes: z.array(z.string()) })),
  sameClasses: z
    .boolean()
    .describe('Whether all have the same classes; else one can’t say what another knows.'),
  disagreements: z.int().describe('Texts that do not get the same label from all.'),
  texts: z.array(
    z.strictObject({
      text: z.string(),
      agree: z.boolean().describe('Whether all give the same label.'),
      predictions: z.array(z.strictObject(prediction)).describe('Of the models, in their order.'),
    }),
  ),
});
