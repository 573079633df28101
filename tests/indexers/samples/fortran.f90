!> A shop.
module shop
  use, intrinsic :: iso_fortran_env, only: real64
  use money, only: round_to => rounded, cents
  implicit none
  private
  public :: cart, total

  !> Most items.
  integer, parameter :: max_items = 10

  !> What is bought.
  type, extends(base), public :: cart
    real(real64), allocatable :: items(:)
  contains
    procedure :: total => cart_total
    procedure, private :: add
  end type cart

  interface total
    module procedure cart_total
  end interface total

  enum, bind(c)
    enumerator :: open = 1, paid
  end enum

contains

  !> What it costs.
  pure function cart_total(self, rate) result(sum)
    class(cart), intent(in) :: self
    real(real64), intent(in) :: rate
    real(real64) :: sum
    sum = helper(rate)
  end function cart_total

  subroutine add(self, item)
    class(cart), intent(inout) :: self
    real(real64), intent(in) :: item
    call self%check(item)
    call log_item(item)
  end subroutine add

  elemental real function helper(x)
    real(real64), intent(in) :: x
    helper = x * 2
  end function
end module shop

program main
  use shop
  implicit none
  call run()
end program main
