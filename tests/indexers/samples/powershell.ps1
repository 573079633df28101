# A shop.
using module .\Money.psm1
using namespace System.Collections
Import-Module Pester
. $PSScriptRoot\helpers.ps1

$MaxItems = 10
$script:Count = 0

enum State {
    Open
    Paid
}

# What is bought.
class Cart : Base {
    [string]$Name
    hidden [int]$count = 0

    Cart([string]$name) {
        $this.Name = $name
    }

    # What it costs.
    [double] Total([double]$rate) {
        return $this.Sum() * $rate
    }

    static [Cart] Empty() { return [Cart]::new('') }
}

<#
.SYNOPSIS
Gets a cart.
#>
function Get-Cart {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)] [string]$Name
    )
    process {
        Write-Log "getting $Name"
        $cart = New-Object Cart
        [Money]::Round(1.5)
        $cart.Total(2)
    }
}

function script:Write-Log($text) { Write-Host $text }

filter Only-Paid { if ($_.Paid) { $_ } }

Get-Cart -Name 'x' | Only-Paid

function Expand-Command($Line) {
    switch -regex ($Line -replace "^$(Get-Alias git) ", "") {
        "^(?<cmd>$($names.Keys -join '|'))\s+(?<op>\S*)$" {
            Write-Log $matches['cmd']
        }
        "^flow$" { Write-Log "flow" }
    }
    if (-not $Line) {
        # nothing
        {}
    }
}

function Get-Last { 1 }
