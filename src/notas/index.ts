export { type Authorities, readAuthorities } from './certificate.ts'
export { TooManyFiles } from './folder.ts'
export { type Refused, readFolder, type Summary } from './reading.ts'
