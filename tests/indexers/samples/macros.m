#import "Cart.h"

NS_ASSUME_NONNULL_BEGIN

#if CART_USE_QUEUES
/// Called when the till is ready.
FOUNDATION_EXPORT void CartReady(__strong id block);
#endif

@interface Till : NSObject
@property (nonatomic, strong, nullable) dispatch_queue_t queue;
- (BOOL)isOpen:(SEL)selector;
@end

@implementation Till
- (BOOL)isOpen:(SEL)selector {
  if (selector == @selector(open:)) {
    return YES;
  }
#if !TARGET_OS_OSX
  else if (selector == @selector(openLater:)) {
    return NO;
  }
#endif
  return self.queue != nil;
}

- (void)close {
}
@end

NS_ASSUME_NONNULL_END
