-- Drives Neovim (0.7) as a person would, and writes what it shows to the file that $RESULT names. The settings are those
-- of docs/editors.md; $FILE is opened, $LINE and $PART say what is replaced. With $SAVED, the file is saved with that text.
local result = { steps = {} }

local function shown()
  local found = {}
  for _, each in ipairs(vim.diagnostic.get(0)) do
    table.insert(found, {
      line = each.lnum, column = each.col, end_column = each.end_col, message = each.message,
      severity = each.severity, source = each.source, code = each.user_data.lsp.code,
      related = each.user_data.lsp.relatedInformation,
    })
  end
  return found
end

local function wait_for(name, wanted)
  local ok = vim.wait(60000, function() return wanted(vim.diagnostic.get(0)) end, 20)
  table.insert(result.steps, { name = name, ok = ok, shown = shown(), text = vim.api.nvim_buf_get_lines(0, 0, -1, false) })
end

local function some(found) return #found > 0 end
local function none(found) return #found == 0 end

-- what the server sends: its columns count UTF-16 units
local handler = vim.lsp.handlers['textDocument/publishDiagnostics']
result.ranges = {}
vim.lsp.handlers['textDocument/publishDiagnostics'] = function(error, sent, context, config)
  for _, each in ipairs(sent.diagnostics) do table.insert(result.ranges, each.range) end
  return handler(error, sent, context, config)
end

local function save()
  vim.cmd('edit ' .. vim.env.FILE)
  vim.wait(500)
  vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(vim.env.SAVED, '\n', true))
  vim.cmd('write')
  wait_for('saved', some)
  vim.cmd('normal! ggO// changed')
  wait_for('changed', none)
end

local function run()
  if vim.env.SAVED then return save() end
  vim.cmd('edit ' .. vim.env.FILE)
  wait_for('opened', some)
  local line = tonumber(vim.env.LINE)
  local before = vim.api.nvim_buf_get_lines(0, line, line + 1, false)
  vim.api.nvim_buf_set_lines(0, line, line + 1, false, { vim.env.PART })
  wait_for('edited', none)
  vim.api.nvim_buf_set_lines(0, line, line + 1, false, before)
  wait_for('undone', some)

  vim.api.nvim_win_set_cursor(0, { line + 1, vim.diagnostic.get(0)[1].col + 1 })
  local position = vim.lsp.util.make_position_params()
  for _, answer in pairs(vim.lsp.buf_request_sync(0, 'textDocument/hover', position, 20000) or {}) do
    result.hover = answer.result and answer.result.contents.value
  end

  result.titles = {}
  vim.ui.select = function(items, options, choose)
    for _, item in ipairs(items) do
      local title = options.format_item(item)
      table.insert(result.titles, title)
      if title:find('comment for', 1, true) then choose(item) end
    end
  end
  vim.lsp.buf.code_action()
  wait_for('ignored', none)
end

local ok, problem = pcall(run)
result.problem = ok and vim.NIL or tostring(problem)
vim.fn.writefile({ vim.fn.json_encode(result) }, vim.env.RESULT)
vim.cmd('qall!')
