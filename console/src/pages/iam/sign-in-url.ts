/** The page where users of an account sign in, with the account filled in. */
export const signInUrl = (label: string): string =>
  `${window.location.origin}/console/sign-in?account=${encodeURIComponent(label)}`;
