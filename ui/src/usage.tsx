import { count, dollars } from './format';
import { Card, Empty, Scroll } from './parts';
import type { Overview, Usage } from './overview';

const tokensOf = (row: Usage) => row.tokens_in + row.tokens_out;

export function UsageTable({ overview }: { overview: Overview }) {
  const rows = overview.usage.toSorted((one, other) => tokensOf(other) - tokensOf(one));
  const most = Math.max(1, ...rows.map(tokensOf));
  const about = overview.sees_all ? 'since the start' : `of the tenant ${overview.tenant}, since the start`;
  return (
    <Card class="usage" title="Tokens and cost" about={about}>
      {rows.length === 0 ? <Empty>Nothing was used yet.</Empty> : (
        <Scroll label="Table of tokens and cost">
          <table>
            <thead>
              <tr>
                <th scope="col">Model</th><th scope="col" class="number">Requests</th><th scope="col" class="number">Tokens in</th>
                <th scope="col" class="number">Tokens out</th><th scope="col" class="share">Share</th><th scope="col" class="number">Cost</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={`${row.provider}/${row.model}`}>
                  <th scope="row"><b>{row.provider}</b>/{row.model}</th>
                  <td class="number">{count(row.requests)}</td>
                  <td class="number">{count(row.tokens_in)}</td>
                  <td class="number">{count(row.tokens_out)}</td>
                  <td class="share" aria-hidden="true"><i style={{ width: `${(100 * tokensOf(row)) / most}%` }} /></td>
                  <td class="number">{dollars(row.cost_usd)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Card>
  );
}
