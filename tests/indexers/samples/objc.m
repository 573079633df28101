// A cart.
#import "Cart.h"
#import <Foundation/Foundation.h>
@import UIKit;

#define MAX_ITEMS 10

static NSString * const kName = @"cart";

typedef enum CartState {
  CartStateOpen,
  CartStatePaid,
} CartState;

typedef void (^Handler)(NSError *error);

@class Item;

/// Priced things.
@protocol Priced <NSObject>
@required
/// What it costs.
- (double)price;
@optional
@property (nonatomic, readonly) NSString *currency;
@end

/// A cart.
@interface Cart : NSObject <Priced>
/// Its items.
@property (nonatomic, copy) NSArray<Item *> *items;
- (instancetype)initWithItems:(NSArray *)items name:(NSString *)name;
+ (Cart *)empty;
@end

@interface Cart ()
@property (nonatomic) int count;
@end

@implementation Cart

/** Makes one. */
- (instancetype)initWithItems:(NSArray *)items name:(NSString *)name {
  if (self = [super init]) {
    _items = items;
    [self check:items];
    helper(3);
  }
  return self;
}

+ (Cart *)empty {
  return [[Cart alloc] initWithItems:@[] name:@""];
}

- (void)check:(NSArray *)items {
  [[NSNotificationCenter defaultCenter] postNotificationName:kName object:nil];
}

@end

@implementation Cart (Money)
- (double)total { return 0; }
@end

/// Helps.
static int helper(int n) {
  return n + MAX_ITEMS;
}

typedef NS_ENUM(NSInteger, CartKind) {
    CartKindOpen,
    CartKindPaid = 1,
};
