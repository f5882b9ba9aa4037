// Modules of ace that register themselves and that its types leave out.
declare module 'ace-builds/src-noconflict/snippets/*';
