#!/usr/bin/env lua
--- Shows parcels in a floating window.
-- Neovim only.
-- @module shop.window

local api = vim.api
local utils = require("shop.utils")
local Path = require "plenary.path"
local config, quote = require("shop.config").get(), require("shop.carrier").quote
require("shop.boot")
local ok, telescope = pcall(require, "telescope")

local MAX_WIDTH = 80
local defaults = {
  border = "rounded",
  on_open = function(window)
    window:focus()
  end,
  keys = {
    ["<CR>"] = function() utils.confirm() end,
  },
}

---@class shop.Window
---@field buffer integer
local Window = {}
Window.__index = Window

---@class shop.Dialog: shop.Window
local Dialog = setmetatable({}, { __index = Window })
local Picker = Window:extend()

local M = {}

M.version = "1.2.0"
M._state = { open = nil }

--- Opens a window.
--- @param parcel shop.Parcel the parcel shown
--- @return shop.Window
function M.open(parcel, opts)
  opts = vim.tbl_deep_extend("force", defaults, opts or {})
  local function title()
    return ("Parcel %s"):format(parcel.id)
  end
  return Window.new(title(), opts)
end

-- Closes all of them.
M.close = function()
  for _, window in ipairs(M._state) do
    window:close(true)
  end
end

function Window.new(title, opts)
  local self = setmetatable({ title = title }, Window)
  self:_render(opts)
  return self
end

--- Draws the frame.
function Window:_render(opts)
  api.nvim_buf_set_lines(self.buffer, 0, -1, false, { self.title })
  self.on_close = function(event) M.close() end
end

function Window:close(...) return self, ... end

--[[
Formats a price.
]]
local function format_price(cents, currency)
  return string.format("%.2f %s", cents / 100, currency)
end

local count
count = function(parcels)
  return #parcels
end

local total = function(parcels) return utils.sum(parcels, format_price) end

function Global(x) end
LIMIT = 20

M.nested.deep.fn = function() end
function M.nested.other() end

vim.api.nvim_create_user_command("Parcel", function(args)
  M.open(args.args)
end, {})

-- What other tables hold.
Hooks["before"]["pay"] = function(order)
  local step = function() return order end
  return { after = function() return step() end }
end

-- Waits for all orders.
M.wait = async(function(orders)
  local ready = async(function() return orders end)
  Hooks.done = function() return ready() end
end)

return M
