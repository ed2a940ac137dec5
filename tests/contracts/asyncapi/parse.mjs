// Parse an AsyncAPI document with the reference parser; any warning or error is a failure.
import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';

const WARNING = 1;
const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], 'utf8'));
const faults = diagnostics.filter((each) => each.severity <= WARNING);
for (const each of faults) console.log(each.path.join('.'), each.message);
console.log(`${document?.operations().all().length ?? 0} operations`);
process.exit(document && faults.length === 0 ? 0 : 1);
