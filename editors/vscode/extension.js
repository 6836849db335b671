// Starts `frontleak lsp`; all else is in the server.
'use strict'

const { execFile } = require('node:child_process')
const { window, workspace } = require('vscode')
const { LanguageClient } = require('vscode-languageclient/node')

// not the folder that is open: Windows looks for a command in the working directory first
const cwd = __dirname
let client

/** Resolves to what keeps a command from running, or to an empty text. */
function problemOf(command) {
  return new Promise((resolve) => {
    execFile(command, ['lsp', '--help'], { cwd, timeout: 30_000 }, (error) => {
      if (!error) resolve('')
      else if (error.code === 'ENOENT') resolve(`the command ${command} was not found`)
      else resolve(`${command} lsp cannot be started (${error.code ?? error.signal})`)
    })
  })
}

async function start() {
  const command = workspace.getConfiguration('frontleak').get('command') || 'frontleak'
  const problem = await problemOf(command)
  if (problem) {
    const how = "Install it with: pip install 'frontleak[lsp]', or set frontleak.command to its full path."
    void window.showErrorMessage(`frontleak: ${problem}. ${how}`)
    return
  }
  client = new LanguageClient(
    'frontleak',
    'frontleak',
    { command, args: ['lsp'], options: { cwd } },
    { documentSelector: [{ scheme: 'file' }, { scheme: 'untitled' }] },
  )
  try {
    await client.start()
  } catch {
    client = undefined
    void window.showErrorMessage('frontleak: the server has ended. Its last line is in the output of frontleak.')
  }
}

async function stop() {
  const running = client
  client = undefined
  if (running?.isRunning()) await running.stop()
}

async function activate(context) {
  context.subscriptions.push(
    workspace.onDidChangeConfiguration(async (event) => {
      if (!event.affectsConfiguration('frontleak.command')) return
      await stop()
      await start()
    }),
  )
  await start()
}

module.exports = { activate, deactivate: stop }
