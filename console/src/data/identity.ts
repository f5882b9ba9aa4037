import { createContext, useContext } from 'react';

/** Who this tab is signed in as. */
export interface Who {
  account: string;
  arn: string;
  /** The account's alias, or its id. */
  label: string;
}

export const IdentityContext = createContext<Who>({ account: '', arn: '', label: '' });

export const useIdentity = (): Who => useContext(IdentityContext);
