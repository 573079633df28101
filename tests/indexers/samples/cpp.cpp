// Shapes and the scene that holds them.

#include "scene.hpp"
#include <memory>
#include <vector>

#define SCENE_MAX 128

using std::string;
using namespace std::literals;

namespace fs = std::filesystem;

extern "C" int scene_version(void);

namespace graphics {

class Canvas;

/// How far apart two things may be.
constexpr double kTolerance = 1e-6;
static int live_count = 0;

using Points = std::vector<Point>;
template <typename T>
using Handle = std::shared_ptr<T>;
typedef unsigned int id_t;

/** Ways to draw. */
enum class Style : uint8_t { Solid, Dashed };

template <typename T>
concept Drawable = requires(T t, Canvas& canvas) {
  { t.draw(canvas) } -> std::same_as<void>;
};

/**
 * Something that can be drawn.
 */
class Shape : public Base<Shape>, private detail::Counted, Movable {
 public:
  /// Limit of sides.
  static constexpr int kMaxSides = 12;
  using Ptr = std::unique_ptr<Shape>;

  Shape() = default;
  explicit Shape(string name, int sides = 0) : name_(std::move(name)), sides_(sides) { ++live_count; }
  Shape(const Shape&) = delete;
  virtual ~Shape();

  // Area in square units.
  virtual double area() const = 0;
  void draw(Canvas& canvas) const override;
  [[nodiscard]] const string& name() const noexcept { return name_; }
  bool operator==(const Shape& other) const;
  explicit operator bool() const { return sides_ > 0; }
  template <typename Visitor>
  auto accept(Visitor&& visitor) -> decltype(auto);
  static Ptr make(Style style);

  friend std::ostream& operator<<(std::ostream& out, const Shape& shape);

 private:
  struct Cache {
    double area;
    void clear() { area = 0; }
  };
  union Bits { int whole; char parts[4]; };

  string name_;
  std::function<void(int)> on_click_;
  int sides_ = 0;
  Cache* cache_;
};

template <typename T, size_t N>
struct Ring final {
  T items[N];
  T& operator[](size_t at) { return items[at % N]; }
};

template <>
struct Ring<int, 1> {};

namespace {
int hidden(int x) { return x; }
}  // namespace

namespace detail::impl {
inline void reset() noexcept {}
}

}  // namespace graphics

using graphics::Shape;

Shape::~Shape() { --graphics::live_count; }

// Draws the outline.
void Shape::draw(Canvas& canvas) const {
  auto closer = [&](int to) { canvas.line(0, to); };
  int count{3};
  closer(count);
  Point start(1, 2);
  auto copy = new Point(start);
  delete copy;
  for (const auto& point : this->points()) canvas.line(point, Point{1, 2});
  std::for_each(begin(), end(), hidden<int>);
  throw graphics::Error("no canvas");
}

bool Shape::operator==(const Shape& other) const { return name_ == other.name_; }

template <typename T, size_t N>
T& graphics::Ring<T, N>::at(size_t index) {
  return static_cast<T&>(items[index]);
}

void graphics::Shape::Cache::fill() {}

graphics::Points* convert(const std::vector<Shape::Ptr>& shapes, graphics::Handle<Shape> first) {
  return std::make_unique<graphics::Points>(shapes.size()).release();
}

const graphics::Style& style_of(const Shape& shape) { return styles->at(shape); }

TEST(ShapeTest, ComparesByName) {
  EXPECT_EQ(Shape("a"), Shape::make(Style::Solid));
}

GRAPHICS_BEGIN_NAMESPACE
class GRAPHICS_API Canvas {
 public:
  void draw() const GRAPHICS_NOEXCEPT;
};

GRAPHICS_INLINE Canvas::Canvas(int width)
    : width_(width) {}
GRAPHICS_END_NAMESPACE

class Ledger {
 public:
  ~Ledger();
  void lock() EXCLUSIVE_LOCK_FUNCTION(mutex_);
  int total SHOP_GUARDED_BY(mutex_);
};

/// Waits for the next frame.
GRAPHICS_API void wait_frame();

// Stops all drawing.
void GRAPHICS_INLINE stop() {
  GRAPHICS_TRY {
    wait_frame();
  }
  GRAPHICS_CATCH_ALL()
}

class [[nodiscard]] GRAPHICS_API Frame {
 public:
  GRAPHICS_DISABLE_WARNINGS_(4251)
  typedef std::vector<int> pixels;
  operator bool() const;
};

struct Message {
  template <typename... T>
  GRAPHICS_CONSTEXPR GRAPHICS_INLINE Message(const T&... parts) : parts_{parts...} {}
#if defined(_MSC_VER)
  Message(Message&& other) : next(other.next) {}
#else
  Message(Message&&) = default;
#endif
  Message& next;
  const char* (*describe)(int);
  static Message* last;
};

Message* Message::last = nullptr;

SHOP_FLAG(int, size, fill(8, 2),
          "how many (at most)");

class _SHOP_UNUSED_ Shelf {
 public:
  _SHOP_FORCE_INLINE_ int size() const _SHOP_BOUND_ { return 1; }
  static _SHOP_FORCE_INLINE_ Shelf *first() { return nullptr; }
  operator int() const;
  enum Side {
    SIDE_LEFT,
    SIDE_RIGHT
  };

 private:
  class Board;
};

class SHOP_CAPABILITY("mutex") Lock {
 public:
  void take();
};

class Shelf::Board : public Frame {
 public:
  int width() const { return 2; }
  struct Nail;
};

struct Shelf::Board::Nail { int length; };

Shelf::operator int() const { return size(); }

class Shop_API Till : public Counter {
 public:
  Till(int id);
  static Shop_API int count();
};

Shop_API int open_tills();

std::ostream& operator<<(std::ostream& out, const Till& till);

enum class TillState { TILL_OPEN,

  // How many there are.
  TILL_STATES
};
enum TillKind {
  TILL_ONLY
};
