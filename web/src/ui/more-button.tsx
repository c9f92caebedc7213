import { Button } from '@mantine/core'

interface Props {
  readonly query: { readonly hasNextPage: boolean; readonly isFetchingNextPage: boolean; fetchNextPage(): Promise<unknown> }
}

/** The next page of a list, when there is one. */
export const MoreButton = ({ query }: Props) =>
  query.hasNextPage ? (
    <Button variant="default" size="xs" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
      Show more
    </Button>
  ) : null
