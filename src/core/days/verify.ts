export { checkTimestamps } from './timestamps.js'
