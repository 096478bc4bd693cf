namespace StreamPipes.Common.Polyfills;

/// <summary>See <see cref="AsyncMethodBuilderAttribute"/>.</summary>
internal static class PoolingAsyncValueTaskMethodBuilder;

/// <summary>See <see cref="AsyncMethodBuilderAttribute"/>.</summary>
internal static class PoolingAsyncValueTaskMethodBuilder<TResult>;
