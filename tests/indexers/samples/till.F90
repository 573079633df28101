#include "macros.inc"
!> A till.
module till_module
  implicit none

  type, public :: till
    integer :: coins(8)
    character(len=3) :: currency = 'EUR'
    procedure(pay_interface), pointer, nopass :: pay => null()
  contains
    !> Puts coins in.
    generic, public :: put => MAYBEWRAP(till_put_one), &
                              MAYBEWRAP(till_put_many), &
#ifdef USE_NOTES
                              till_put_note, &
#endif
                              till_put_bag
    generic :: operator(==) => equals
    generic :: operator(.in.) => holds
#ifdef USE_NOTES
    procedure :: till_put_note
#endif
    procedure :: MAYBEWRAP(till_put_one)
    procedure, private :: equals
    final :: destroy
  end type till

  interface
    !> Measures a text of C.
    function strlen(text) result(length) bind(c)
      import :: c_ptr
      type(c_ptr), value :: text
      integer :: length
    end function strlen
  end interface

contains

  subroutine destroy(self)
    type(till), intent(inout) :: self
  end subroutine destroy
end module till_module
