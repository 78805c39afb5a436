import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';

/** Names the search that found nothing, and offers to clear it. */
export function NoHits({ query, onClear }: { query: string; onClear: () => void }) {
  return (
    <Empty
      title={`Nothing matches “${query}”`}
      action={
        <Button size="small" onPress={onClear}>
          Clear the search
        </Button>
      }
    />
  );
}
