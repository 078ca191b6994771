/** One call of MLflow's REST API, for what a search never asks and a server must answer all the same. */

export class RestError extends Error {
  constructor(
    readonly status: number,
    readonly errorCode: string,
    message: string,
  ) {
    super(message);
  }
}

/** @param path - Behind `/api/2.0/mlflow/`. */
export async function callMlflow(
  uri: string,
  method: 'GET' | 'POST',
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  const query = method === 'GET' ? `?${new URLSearchParams(fields)}` : '';
  const response = await fetch(`${uri}/api/2.0/mlflow/${path}${query}`, {
    method,
    headers: { ...headers, ...(method === 'POST' && { 'content-type': 'application/json' }) },
    ...(method === 'POST' && { body: JSON.stringify(fields) }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (response.ok) return answer;
  throw new RestError(response.status, String(answer.error_code), String(answer.message));
}
