// Calls node-quickbooks as the test orders: a line of JSON in, {"method", "arguments"}, and one out,
// {"answer"} or {"error"}. Only the addresses are changed, and those by the names the client gives them.
// The client waits for an answer without end, so the whole ends after a minute.

const readline = require('readline')
const QuickBooks = require('node-quickbooks')

setTimeout(() => process.exit(1), 60000).unref()

const [base, realm, access, refresh] = process.argv.slice(2)
QuickBooks.V3_ENDPOINT_BASE_URL = `${base}/v3/company/`
QuickBooks.TOKEN_URL = `${base}/oauth2/v1/tokens/bearer`

const client = new QuickBooks(
  'demo-client', 'demo-secret', access, false, realm, true, false, null, '2.0', refresh
)

function call({ method, arguments: given }) {
  return new Promise((resolve) => {
    client[method](...given, (error, answer) => {
      const refusal = error && ((error.response && error.response.data) || answer || String(error))
      resolve(error ? { error: refusal } : { answer })
    })
  })
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await call(JSON.parse(line)))}\n`)
  }
}

main()
