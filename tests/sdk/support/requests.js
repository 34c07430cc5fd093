// Judges what the gateway sends upstream by the provider's own OpenAPI: each request is shown to a mock
// server made from it as well (@stdy/cli, started by run.js), which tells in headers what is wrong.

import { schemaCheck } from './schema.js';

const judges = {
  openai: { url: process.env.SLUICE_JUDGE_OPENAI, path: (path) => path.replace('/openai/v1', '') },
  mistral: { url: process.env.SLUICE_JUDGE_MISTRAL, path: (path) => path.replace('/mistral', '') },
};

export function watchRequests() {
  const verdicts = [];
  const counts = { valid: 0, invalid: 0, unjudged: 0 };
  return {
    counts,
    check(request) {
      const judge = judges[request.provider];
      if (judge?.url) verdicts.push(ask(judge, request));
      else counts.unjudged += 1;
    },
    /** What was found wrong. */
    async finish() {
      const findings = (await Promise.all(verdicts)).filter((found) => !(found.length === 0 && ++counts.valid));
      counts.invalid += findings.length;
      return findings.flat();
    },
  };
}

async function ask({ url, path }, { method, path: asked, headers, bytes }) {
  const { 'content-type': type, authorization, accept } = headers;
  const sent = Object.entries({ 'content-type': type, authorization, accept }).filter(([, value]) => value);
  const body = method === 'GET' ? undefined : bytes;
  const answer = await fetch(url + path(asked), { method, headers: Object.fromEntries(sent), body });
  await answer.body?.cancel();
  const error = (n, what) => answer.headers.get(`x-steady-error-${n}-${what}`) ?? '';
  if (answer.headers.get('x-steady-request-valid') === null) return [`${method} ${asked}: no verdict, status ${answer.status}`];
  const found = Array.from({ length: Number(answer.headers.get('x-steady-error-count')) }, (_, i) =>
    [`${method} ${asked}:`, error(i + 1, 'code'), error(i + 1, 'path'), error(i + 1, 'message')].join(' '),
  );
  return found.flatMap((one) => (unsure.test(one) ? secondOpinion(one, bytes) : filePart.test(one) ? [] : one));
}

/** The judge loses its way in the unions of /responses (E3012 for a plain message with parts): there the schema decides. */
const unsure = /\/responses: E30(11 body\.tools|12 body\.input)/;

/** Mistral's file is a File or null by its specification, which the judge cannot tell from a part of a form. */
const filePart = /\/audio\/transcriptions: E3012 body No variant/;

function secondOpinion(finding, bytes) {
  const wrong = schemaCheck()('CreateResponse', bytes.toString());
  return wrong ? `${finding}: ${wrong}` : [];
}
