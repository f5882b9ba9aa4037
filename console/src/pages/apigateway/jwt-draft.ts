import type { JwtConfiguration } from '../../api/authorizers';

/** A claim that a token must or may have. */
export interface ClaimDraft {
  name: string;
  isRequired: boolean;
  /** Values of which it must have one, a line each; empty when any will do. */
  values: string;
}

/** Whose tokens are believed. */
export interface IssuerDraft {
  url: string;
  /** A line each. */
  audiences: string;
  claims: ClaimDraft[];
}

export const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

export const NEW_ISSUER: IssuerDraft = { url: '', audiences: '', claims: [] };

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

export function issuersOf(configuration: JwtConfiguration | undefined): IssuerDraft[] {
  if (!configuration) return [NEW_ISSUER];
  return configuration.issuers.map((one) => ({
    url: one.issuer,
    audiences: one.audiences.join('\n'),
    claims: (one.additionalClaims ?? []).map((claim) => ({
      name: claim.claimName,
      isRequired: claim.required ?? false,
      values: (claim.expectedValues ?? []).join('\n'),
    })),
  }));
}

/** What is sent: the whole configuration, without the addresses of keys, which the server finds. */
export function jwtConfiguration(issuers: IssuerDraft[], algorithms: string[]): JwtConfiguration {
  return {
    issuers: issuers.map((one) => ({
      issuer: one.url,
      audiences: lines(one.audiences),
      ...(one.claims.length > 0 ? { additionalClaims: one.claims.map(claimOf) } : {}),
    })),
    defaultAlgorithms: algorithms,
  };
}

function claimOf(claim: ClaimDraft) {
  const expectedValues = lines(claim.values);
  return {
    claimName: claim.name,
    format: 'SINGLE_STRING',
    required: claim.isRequired,
    ...(expectedValues.length > 0 ? { expectedValues } : {}),
  };
}

export const areIssuersReady = (issuers: IssuerDraft[], algorithms: string[]): boolean =>
  algorithms.length > 0 &&
  issuers.length > 0 &&
  issuers.every(
    (one) =>
      /^https?:\/\/[^/?#]+/.test(one.url) &&
      lines(one.audiences).length > 0 &&
      one.claims.every((claim) => claim.name !== ''),
  );
