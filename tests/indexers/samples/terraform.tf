# Network of one environment.

terraform {
  required_version = ">= 1.6"
}

# The address range of the network.
variable "cidr" {
  type    = string
  default = "10.0.0.0/16"
}

locals {
  name = "${var.environment}-shop"
  # Tags of everything.
  tags = { team = "shop", env = var.environment }
}

provider "aws" {
  region = var.region
}

data "aws_ami" "base" {
  most_recent = true
}

/* The machine
   that serves. */
resource "aws_instance" "web" {
  ami           = data.aws_ami.base.id
  subnet_id     = aws_subnet.private[0].id
  user_data     = templatefile("${path.module}/start.sh", { port = 80 })
  tags          = local.tags
  depends_on    = [module.network]

  lifecycle {
    ignore_changes = [ami]
  }
}

module "network" {
  source = "./modules/network"
  cidr   = var.cidr
}

output "address" {
  description = "Where it answers."
  value       = aws_instance.web.private_ip
}
