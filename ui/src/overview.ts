// What GET /ui/api/overview answers. Times are milliseconds; moments are milliseconds since 1970.

export interface Quantiles { p50: number | null; p95: number | null; p99: number | null }
export interface QuantileColumns { p50: (number | null)[]; p95: (number | null)[]; p99: (number | null)[] }

export interface Timeline {
  begin: number;
  step_ms: number;
  requests: number[];
  errors: number[];
  duration_ms: QuantileColumns;
  first_token_ms: QuantileColumns;
}

export interface Usage {
  provider: string;
  model: string;
  requests: number;
  errors: number;
  tokens_in: number;
  tokens_out: number;
  cost_usd: number | null;
}

export interface Target {
  provider: string;
  model: string;
  usable: boolean;
  breaker: 'closed' | 'open' | 'half_open';
  retry_after_ms: number;
  cooldown: { reason: string; ms: number } | null;
  in_flight: number;
  calls: number;
  failures: number;
  first_byte_ms: number;
  last_error: { code: string; at: number } | null;
  last_success: number | null;
}

export interface Route {
  name: string;
  strategy: string;
  targets: { provider: string; model: string; weight: number }[];
}

export interface Attempt {
  provider: string;
  model: string;
  outcome: string;
  status: number;
  begin_ms: number;
  ms: number;
}

export interface Request {
  id: string;
  at: number;
  tenant: string;
  surface: string;
  path: string;
  provider: string;
  model: string;
  status: number;
  outcome: string;
  stream: boolean;
  duration_ms: number;
  first_token_ms?: number;
  tokens_in?: number;
  tokens_out?: number;
  estimated?: boolean;
  cost_usd?: number;
  attempts: Attempt[];
}

export interface Overview {
  version: string;
  environment: string;
  demo: boolean;
  now: number;
  started: number;
  tenant: string;
  sees_all: boolean;
  requests: number;
  errors: number;
  in_flight: number;
  open_streams: number;
  queue: { waiting: number; size: number; inside: number; max_concurrency: number };
  timeline: Timeline;
  window: { ms: number; requests: number; errors: number; duration_ms: Quantiles; first_token_ms: Quantiles };
  usage: Usage[];
  targets: Target[];
  routes: Route[];
  recent: Request[];
}
