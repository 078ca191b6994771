/** Values of parameters, as configurations and packages have them. */
export type ParameterValue = number | string | boolean;

export type Parameters = Readonly<Record<string, ParameterValue>>;
