import { rest } from './client';

/** What a mapping template is given beside its text. */
export interface RenderInput {
  template: string;
  restApiId?: string | undefined;
  body?: string;
  /** `$context` by names with dots: `identity.sourceIp`. */
  context?: Record<string, string>;
  path?: Record<string, string>;
  querystring?: Record<string, string[]>;
  header?: Record<string, string[]>;
  stageVariables?: Record<string, string>;
  trace?: boolean;
}

/** A reference that was evaluated; without a value it is undefined. */
export interface Step {
  line: number;
  column: number;
  reference: string;
  value?: string;
}

/** What came of it: an output or an error. */
export interface Rendering {
  output?: string;
  error?: { message: string; line: number; column: number };
  overrides?: Record<string, string[]>;
  trace?: Step[];
}

/** Renders a mapping template as the gateway does: an operation of the server's own, read-only. */
export const render = (input: RenderInput) =>
  rest<Rendering>('crossway', 'POST', '/_crossway/render', { body: input });
