import React, { type FC, useState } from "react";
import { Price } from "./Price";
import type { Line as CartLine } from "../model";

interface Props extends React.HTMLAttributes<HTMLDivElement> {
  lines: CartLine[];
  onRemove: (line: CartLine) => void;
}

const DEFAULTS: Partial<Props> = { lines: [] };

/** The cart as a list. */
export const Cart: FC<Props> = ({ lines, onRemove, ...rest }) => {
  const [open, setOpen] = useState<boolean>(false);
  const close = () => setOpen(false);
  const clear = useCallback(async (ask: boolean) => {
    if (!ask || (await confirmed())) lines.forEach(onRemove);
  }, [lines]);
  const timer = setTimeout(() => {
    close();
  }, 100);
  return (
    <div {...rest}>
      {lines.map((line) => <Row key={line.id} line={line} onRemove={onRemove} />)}
      <Panel.Footer open={open} onClose={close}>
        <Price<Money> value={sum(lines)} />
      </Panel.Footer>
    </div>
  );
};

export const Row = React.memo(
  React.forwardRef<HTMLLIElement, Props>((props, ref) => <li ref={ref}>{props.title}</li>),
);

export const Field = React.forwardRef<HTMLInputElement, Props>(function Field(props, ref) {
  return <input ref={ref} {...props} />;
});

function useTotal<T extends CartLine>(lines: T[]): number {
  return React.useMemo(() => sum(lines), [lines]);
}

export default function CartPage({ params }: { params: Promise<Params> }) {
  const total = useTotal([]);
  const Lazy = React.lazy(() => import("./Lazy"));
  return total ? <Cart lines={[]} onRemove={console.log} /> : <Lazy />;
}

export class Boundary extends React.Component<Props, State> {
  static defaultProps = DEFAULTS;
  state: State = { failed: false };

  static getDerivedStateFromError(error: Error): State {
    return { failed: true };
  }

  private reset = () => this.setState({ failed: false });

  override render() {
    return this.state.failed ? <Retry onClick={this.reset} /> : this.props.children;
  }
}
