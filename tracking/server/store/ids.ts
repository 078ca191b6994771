/** Identifiers, and names for runs that came without one. */
import { randomInt, randomUUID } from 'node:crypto';

/** 32 hexadecimal digits, as MLflow's run ids. */
export const newRunId = (): string => randomUUID().replaceAll('-', '');

/** As MLflow's ids of logged models. */
export const newModelId = (): string => `m-${newRunId()}`;

const QUALITIES =
  'amber bold brisk calm clever crisp deft eager fleet gentle keen lively lucid mellow nimble placid quick quiet rapid sage serene sharp silent sleek smooth solid spry steady swift tidy vivid warm wise witty'.split(
    ' ',
  );
const CREATURES =
  'auk bass bee boar carp colt crab crane crow deer dove elk finch fox frog gnu goose gull hare hawk heron ibis jay koi lark lynx mole moth newt otter owl perch pike quail ram raven robin seal shrew skink slug snail sole stoat swan tern toad trout vole wren yak'.split(
    ' ',
  );

const oneOf = (words: readonly string[]): string => words[randomInt(words.length)] as string;

/** Three parts, the last a number, as MLflow's own random names. */
export const newRunName = (): string => `${oneOf(QUALITIES)}-${oneOf(CREATURES)}-${randomInt(1000)}`;
