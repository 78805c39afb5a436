export { runlayer } from './connector.ts';
